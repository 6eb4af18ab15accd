"""A reminder comes by mail, as all have so far, or is shown in an application."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0011_answer_targets'),
    ]

    operations = [
        migrations.AddField(
            model_name='reminder',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('link', 'Link'), ('inapp', 'In-app')], db_default='email', default='email', max_length=10),
        ),
    ]
