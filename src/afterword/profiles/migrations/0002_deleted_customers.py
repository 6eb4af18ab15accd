import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0001_views_and_columns'),
        ('workspaces', '0008_our_own_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeletedCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_key', models.UUIDField(db_index=True)),
                ('email', models.CharField(blank=True, db_default='', default='', max_length=254)),
                ('at', models.DateTimeField(db_index=True)),
                ('rows', models.JSONField()),
                ('links', models.JSONField()),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
        ),
    ]
