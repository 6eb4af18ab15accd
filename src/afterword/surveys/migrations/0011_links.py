"""Link campaigns: an address that the company hands out itself."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0010_versions_and_facts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='invitation',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('link', 'Link')], db_default='email', default='email', max_length=10),
        ),
        migrations.AlterField(
            model_name='survey',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('link', 'Link')], db_default='email', default='email', max_length=10),
        ),
    ]
